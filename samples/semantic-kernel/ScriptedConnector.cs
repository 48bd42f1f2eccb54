using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;

namespace StreamChat.Samples.SemanticKernel;

/// <summary>
/// A chat service that follows a script in the place of a provider: it streams its text in words and its calls in pieces, as real connectors do.
/// "Switch the desk lamp on" becomes a call; anything else is answered from the instructions.
/// </summary>
internal sealed partial class ScriptedConnector : IChatCompletionService
{
    public IReadOnlyDictionary<string, object?> Attributes { get; } = new Dictionary<string, object?>();

    public async Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default)
    {
        var pieces = await GetStreamingChatMessageContentsAsync(chatHistory, executionSettings, kernel, cancellationToken).ToListAsync(cancellationToken);
        return [new ChatMessageContent(AuthorRole.Assistant, string.Concat(pieces.Select(p => p.Content)))];
    }

    public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
        ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        var last = chatHistory[^1];
        var asked = Command().Match(last.Content ?? "");
        if (last.Role == AuthorRole.User && asked.Success)
        {
            // the id and the name come in the first piece only
            var arguments = $$"""{"lamp":"{{asked.Groups["lamp"].Value}}","on":{{(asked.Groups["on"].Value.Equals("on", StringComparison.OrdinalIgnoreCase) ? "true" : "false")}}}""";
            yield return Call($"call_{chatHistory.Count}", "lights_switch", arguments[..9]);
            yield return Call(null, null, arguments[9..]);
            yield return End("ToolCalls");
            yield break;
        }

        var text = last.Role == AuthorRole.Tool
            ? last.Items.OfType<FunctionResultContent>().Last().Result?.ToString() ?? ""
            : string.Join(' ', chatHistory.Where(m => m.Role == AuthorRole.System).SelectMany(m => (m.Content ?? "").Split('\n')).Where(l => l.StartsWith("Lamps:", StringComparison.Ordinal)));
        foreach (var word in text.Split(' '))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new StreamingChatMessageContent(AuthorRole.Assistant, $"{word} ");
        }

        yield return End("Stop");
    }

    private static StreamingChatMessageContent Call(string? id, string? name, string arguments) =>
        new(AuthorRole.Assistant, null) { Items = [new StreamingFunctionCallUpdateContent(id, name, arguments, functionCallIndex: 0)] };

    private static StreamingChatMessageContent End(string reason) =>
        new(AuthorRole.Assistant, null, metadata: new Dictionary<string, object?> { ["FinishReason"] = reason });

    [GeneratedRegex(@"\bswitch the (?<lamp>[a-z]{1,20}) lamp (?<on>on|off)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Command();
}
