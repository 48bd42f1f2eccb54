using System.Runtime.CompilerServices;
using Anthropic.Exceptions;
using Microsoft.Extensions.AI;
using StreamChat.Contracts.Events;

namespace StreamChat.AgentWorker.Models.Providers.Anthropic;

/// <summary>Anthropic's own chat client, with failures that say nothing that the provider said.</summary>
internal sealed class AnthropicChatClient(IChatClient inner) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var finished = false;
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(updates, cancellationToken))
        {
            finished |= updates.Current.FinishReason is not null;
            yield return updates.Current;
        }

        if (!finished)
        {
            throw new ProviderException(RunErrorCodes.ModelError, isPassing: true, "the stream ended early");
        }
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, CancellationToken cancellationToken)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (AnthropicServiceException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw ProviderErrors.OfStream($"{e.Type?.Raw()}\n{e.ErrorCode}\n{e.ApiMessage}");
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw ProviderErrors.Of(e);
        }
    }
}
