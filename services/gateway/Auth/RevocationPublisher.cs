using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Gateways;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Auth;

/// <summary>Tells all gateways of revocations; <see cref="RevocationLoop"/> and <see cref="RevocationConsumer"/> say when.</summary>
internal sealed class RevocationPublisher(
    IBus bus, Revocations revocations, AccessTokens tokens, GatewayIdentity identity, IOptions<BusOptions> options, TimeProvider time)
{
    // a message stays small, whatever there is to say
    private const int ChunkSize = 500;

    /// <exception cref="Exception">The broker did not confirm it in time.</exception>
    public async Task PublishAsync(IEnumerable<TokenRevocation> revoked, CancellationToken cancellationToken)
    {
        foreach (var chunk in revoked.Chunk(ChunkSize))
        {
            await PublishAsync(new TokensRevoked { Revocations = chunk }, cancellationToken);
        }
    }

    /// <summary>Says what this gateway remembers, in a few bytes.</summary>
    /// <inheritdoc cref="PublishAsync(IEnumerable{TokenRevocation}, CancellationToken)"/>
    public Task AnnounceAsync(CancellationToken cancellationToken) => PublishAsync(
        new RevocationsAnnounced { GatewayId = identity.GatewayId, Digest = revocations.Digest(), Probe = tokens.MakeProbe() }, cancellationToken);

    private Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class => Deadlines.RunAsync(options.Value.PublishTimeout, time, token => bus.Publish(message, token), cancellationToken);
}
