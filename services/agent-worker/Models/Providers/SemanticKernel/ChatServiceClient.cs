using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using StreamChat.Hosting.Identity;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;

namespace StreamChat.AgentWorker.Models.Providers.SemanticKernel;

/// <summary>
/// A chat service of Semantic Kernel as a client, so that any of its connectors is a model here. Not by its own <c>AsChatClient()</c>, which parses
/// each streamed piece of a call's arguments as complete JSON and drops finish reason and usage.
/// </summary>
internal sealed class ChatServiceClient(IChatCompletionService service, IIdGenerator ids) : IChatClient
{
    // connectors offer functions only when they are given a kernel; this one is empty, and nothing is invoked through it
    private readonly Kernel _kernel = new();

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        List<ChatMessage> conversation = [.. messages];
        var history = ChatServiceRequest.History(conversation);
        var calls = new ToolCallPieces(conversation.SelectMany(m => m.Contents).OfType<FunctionCallContent>().Select(c => c.CallId), ids);
        var reply = new ChatServiceReply(calls);
        await foreach (var piece in service.GetStreamingChatMessageContentsAsync(history, ChatServiceRequest.Settings(options), _kernel, cancellationToken))
        {
            if (reply.Read(piece) is { } update)
            {
                yield return update;
            }
        }

        // connectors say how a reply ended in one of its pieces, and some go on with another that has only the usage
        yield return reply.End();
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        return serviceKey is not null ? null
            : serviceType.IsInstanceOfType(service) ? service
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose() => (service as IDisposable)?.Dispose();
}
