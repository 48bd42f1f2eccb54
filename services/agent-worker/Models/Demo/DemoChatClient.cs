using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace StreamChat.AgentWorker.Models.Demo;

/// <summary>A model that follows a few rules: it needs no network, and says the same to the same messages.</summary>
internal sealed class DemoChatClient(IOptions<DemoModelOptions> options, TimeProvider time) : IChatClient
{
    private const string ModelName = "demo";

    private static readonly ChatClientMetadata Metadata = new(ModelName, null, ModelName);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        var conversation = new DemoConversation(messages, options);
        if (!LoadCommand.Matches(conversation.Command))
        {
            return SayAsync(DemoAnswer.To(conversation), conversation, cancellationToken);
        }

        return LoadCommand.Parse(conversation.Command) is { } load
            ? LoadAsync(load, conversation, cancellationToken)
            : SayAsync(new DemoAnswer(LoadCommand.Usage, []), conversation, cancellationToken);
    }

    public object? GetService(Type serviceType, object? serviceKey = null)
    {
        ArgumentNullException.ThrowIfNull(serviceType);
        if (serviceKey is not null)
        {
            return null;
        }

        return serviceType == typeof(ChatClientMetadata) ? Metadata
            : serviceType == typeof(PrefixContinuation) ? PrefixContinuation.Instance
            : serviceType.IsInstanceOfType(this) ? this : null;
    }

    public void Dispose()
    {
    }

    private async IAsyncEnumerable<ChatResponseUpdate> SayAsync(
        DemoAnswer answer, DemoConversation conversation, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (answer.Calls.Count > 0)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, [.. answer.Calls]);
            yield return End(ChatFinishReason.ToolCalls, conversation, answer.Calls.Count);
            yield break;
        }

        using var pacer = new Pacer(options.Value.TokensPerSecond, time, cancellationToken);
        var words = 0;
        foreach (var delta in Deltas.Of(answer.TextAfter(conversation.Prefix)))
        {
            await pacer.NextAsync();
            words++;
            yield return Update(delta);
        }

        yield return End(ChatFinishReason.Stop, conversation, words);
    }

    private async IAsyncEnumerable<ChatResponseUpdate> LoadAsync(
        LoadCommand load, DemoConversation conversation, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var sent = LoadCommand.LastIndex(conversation.Prefix);
        var apart = conversation.Prefix.Length > 0 && !char.IsWhiteSpace(conversation.Prefix[^1]);
        using var pacer = new Pacer(load.PerSecond, time, cancellationToken);
        for (var index = sent + 1; index <= load.Count; index++)
        {
            await pacer.NextAsync();
            var delta = LoadCommand.Delta(index, time);
            yield return Update(apart ? $" {delta}" : delta);
            apart = false;
        }

        yield return End(ChatFinishReason.Stop, conversation, Math.Max(0, load.Count - sent));
    }

    // an array, where the constructor that takes a text makes a growing list: one allocation fewer for each delta
    private static ChatResponseUpdate Update(string delta) => new() { Role = ChatRole.Assistant, Contents = new AIContent[] { new TextContent(delta) } };

    private static ChatResponseUpdate End(ChatFinishReason reason, DemoConversation conversation, long words) => new(
        ChatRole.Assistant,
        [
            new UsageContent(new UsageDetails
            {
                InputTokenCount = conversation.InputWords,
                OutputTokenCount = words,
                TotalTokenCount = conversation.InputWords + words,
            }),
        ])
    {
        FinishReason = reason,
        ModelId = ModelName,
    };
}
