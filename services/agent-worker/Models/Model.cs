using Microsoft.Extensions.AI;

namespace StreamChat.AgentWorker.Models;

/// <summary>One model that can be asked.</summary>
/// <param name="Name">What requests and agents call it.</param>
/// <param name="Provider">Whose it is: <c>demo</c>, <c>openai</c>, <c>anthropic</c>, or what a client from elsewhere says of itself.</param>
/// <param name="ModelId">What the provider calls it.</param>
/// <param name="Client">How it is asked.</param>
/// <param name="ContinuesPrefix">Whether it goes on with an answer that has begun: see <see cref="PrefixContinuation"/>.</param>
internal sealed record Model(string Name, string Provider, string ModelId, IChatClient Client, bool ContinuesPrefix = false)
{
    /// <summary>The provider of the built-in model, whose tokens cost nothing.</summary>
    public const string Demo = "demo";

    private const string Unknown = "unknown";

    /// <summary>A client of its own, as it describes itself.</summary>
    public static Model Of(IChatClient client)
    {
        var metadata = client.GetService<ChatClientMetadata>();
        var id = metadata?.DefaultModelId ?? Unknown;
        return new Model(id, metadata?.ProviderName ?? Unknown, id, client);
    }
}
