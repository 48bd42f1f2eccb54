using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Gateways;

namespace StreamChat.Gateway.Auth;

/// <summary>Hears from other gateways what is revoked.</summary>
internal sealed partial class RevocationConsumer(
    Revocations revocations, RevocationPublisher publisher, AccessTokens tokens, KeyWarning warning, GatewayIdentity identity, IOptions<AuthOptions> options,
    ILogger<RevocationConsumer> logger)
    : IConsumer<TokensRevoked>, IConsumer<RevocationsAnnounced>
{
    public Task Consume(ConsumeContext<TokensRevoked> context)
    {
        revocations.Add(context.Message.Revocations);
        return Task.CompletedTask;
    }

    public async Task Consume(ConsumeContext<RevocationsAnnounced> context)
    {
        var other = context.Message;
        if (other.GatewayId == identity.GatewayId || !options.Value.Required)
        {
            return;
        }

        if (!tokens.CanRead(other.Probe))
        {
            warning.OtherKeys(other.GatewayId);
        }

        if (other.Digest != revocations.Digest())
        {
            try
            {
                await publisher.PublishAsync(revocations.All(), context.CancellationToken);
            }
            catch (Exception e)
            {
                // the other will say again what it remembers
                LogNotPassedOn(e);
            }
        }
    }

    [LoggerMessage(1512, LogLevel.Debug, "What is revoked could not be passed on.")]
    private partial void LogNotPassedOn(Exception exception);
}
