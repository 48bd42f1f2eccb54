using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using StreamChat.AgentWorker.Models.Demo;

namespace StreamChat.UnitTests.AgentWorker.Models;

/// <summary>Talks to the demo model.</summary>
internal static class DemoModel
{
    public static DemoChatClient Create(double perSecond = 0, TimeProvider? time = null) =>
        new(Options.Create(new DemoModelOptions { TokensPerSecond = perSecond }), time ?? TimeProvider.System);

    public static ChatOptions Tools(params string[] names) => new()
    {
        Tools = [.. names.Select(n => AIFunctionFactory.CreateDeclaration(n, n, JsonDocument.Parse("{}").RootElement))],
    };

    public static ChatMessage User(string text) => new(ChatRole.User, text);

    public static ChatMessage Assistant(string text) => new(ChatRole.Assistant, text);

    public static Task<ChatResponse> AskAsync(ChatOptions? options, params ChatMessage[] messages) =>
        Create().GetResponseAsync(messages, options, TestContext.Current.CancellationToken);

    public static async Task<string> SayAsync(params string[] user) =>
        (await AskAsync(null, [.. user.Select(User)])).Text;

    public static List<FunctionCallContent> Calls(ChatResponse response) =>
        response.Messages.SelectMany(m => m.Contents).OfType<FunctionCallContent>().ToList();

    /// <summary>The conversation after the calls of <paramref name="response"/> were answered.</summary>
    public static ChatMessage[] Answered(ChatMessage[] before, ChatResponse response, params object[] results) =>
    [
        .. before, .. response.Messages,
        .. Calls(response).Zip(results, (call, result) => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, result)])),
    ];

    public static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;

    public static async Task<List<string>> DeltasAsync(DemoChatClient model, params ChatMessage[] messages)
    {
        List<string> deltas = [];
        await foreach (var update in model.GetStreamingResponseAsync(messages, null, TestContext.Current.CancellationToken))
        {
            deltas.AddRange(update.Contents.OfType<TextContent>().Select(c => c.Text));
        }

        return deltas;
    }
}
