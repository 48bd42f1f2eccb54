using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using StreamChat.AgentWorker.Models;
using StreamChat.AgentWorker.Models.Providers.SemanticKernel;
using StreamChat.Hosting.Identity;
using FunctionCallContent = Microsoft.Extensions.AI.FunctionCallContent;
using FunctionResultContent = Microsoft.Extensions.AI.FunctionResultContent;
using SKContent = Microsoft.SemanticKernel;

namespace StreamChat.UnitTests.AgentWorker.Models.Providers;

/// <summary>A chat service of Semantic Kernel as a model: what it is asked, and what becomes of its pieces.</summary>
public sealed class ChatServiceClientTests
{
    private static readonly AIFunction Weather = AIFunctionFactory.Create((string city) => city, "srv_get-weather", "The weather.");

    private readonly ScriptedService _service = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Text_reasoning_finish_and_usage_arrive()
    {
        _service.Says(Text("Hel"), Reasoning("because"), Text("lo"), Meta(("FinishReason", "Length")), Meta(("Usage", new Tokens(7, 5))));
        var updates = await AskAsync();

        Assert.Equal("Hello", string.Concat(updates.Select(u => u.Text)));
        Assert.Equal("because", Assert.Single(Contents<TextReasoningContent>(updates)).Text);
        Assert.Equal(ChatFinishReason.Length, updates[^1].FinishReason);
        var usage = Assert.Single(Contents<UsageContent>(updates)).Details;
        Assert.Equal((7, 5, 12), (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount));
    }

    [Fact]
    public async Task Counts_in_the_metadata_itself_are_found()
    {
        _service.Says(Text("a"), Meta(("PromptTokenCount", 3), ("CandidatesTokenCount", 4), ("FinishReason", "STOP")));
        var usage = Assert.Single(Contents<UsageContent>(await AskAsync())).Details;
        Assert.Equal((3, 4), (usage.InputTokenCount, usage.OutputTokenCount));
    }

    [Theory]
    [InlineData("stop", "stop")]
    [InlineData("Stop", "stop")]
    [InlineData("tool_calls", "tool_calls")]
    [InlineData("ToolCalls", "tool_calls")]
    [InlineData("tool_use", "tool_calls")]
    [InlineData("length", "length")]
    [InlineData("MAX_TOKENS", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("SAFETY", "content_filter")]
    [InlineData("end_turn", "stop")]
    [InlineData("", "stop")]
    public async Task An_end_has_one_name_whatever_a_connector_calls_it(string theirs, string ours)
    {
        _service.Says(Text("a"), Meta(("FinishReason", theirs)));
        Assert.Equal(ours, (await AskAsync())[^1].FinishReason?.Value);
    }

    [Fact]
    public async Task A_call_comes_in_pieces_and_then_whole()
    {
        _service.Says(Call("c1", "srv_get-weather", "{\"ci", 0), Call(null, null, "ty\":\"Os", 0), Call(null, null, "lo\"}", 0));
        var updates = await AskAsync();

        var pieces = Contents<ToolCallDelta>(updates);
        Assert.Equal("""{"city":"Oslo"}""", string.Concat(pieces.Select(p => p.Arguments)));
        Assert.All(pieces, p => Assert.Equal(("c1", "srv_get-weather"), (p.CallId, p.Name)));
        var call = Assert.Single(Contents<FunctionCallContent>(updates));
        Assert.Equal("Oslo", ((JsonElement)call.Arguments!["city"]!).GetString());
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
    }

    [Theory]
    [InlineData(0, 1)] // as most number them
    [InlineData(0, 0)] // as some do
    public async Task Calls_side_by_side_stay_apart(int first, int second)
    {
        _service.Says(
            Call("c1", "srv_get-weather", "{\"city\":", first), Call(null, null, "\"Oslo\"}", first),
            Call("c2", "srv_get-weather", "{\"city\":", second), Call(null, null, "\"Bergen\"}", second));
        var calls = Contents<FunctionCallContent>(await AskAsync());

        Assert.Equal(["c1", "c2"], calls.Select(c => c.CallId));
        Assert.Equal(["Oslo", "Bergen"], calls.Select(c => ((JsonElement)c.Arguments!["city"]!).GetString()));
    }

    [Fact]
    public async Task Calls_with_one_number_and_one_id_stay_apart_when_each_comes_whole()
    {
        _service.Says(Call("srv_get-weather", "srv_get-weather", "{\"city\":\"Rome\"}", 0), Call("srv_get-weather", "srv_get-weather", "{\"city\":\"Paris\"}", 0));
        var calls = Contents<FunctionCallContent>(await AskAsync());

        Assert.Equal(["Rome", "Paris"], calls.Select(c => ((JsonElement)c.Arguments!["city"]!).GetString()));
        Assert.Equal(2, calls.Select(c => c.CallId).Distinct().Count());
    }

    [Fact]
    public async Task An_id_or_a_name_that_is_repeated_with_each_piece_is_one_call()
    {
        _service.Says(Call("a", "srv_get-weather", "{\"city\":", 0), Call("a", "srv_get-weather", "\"Oslo\"}", 0), Call("b", null, "", 0), Call("a", "srv_get-weather", "", 0));
        Assert.Equal("Oslo", ((JsonElement)Assert.Single(Contents<FunctionCallContent>(await AskAsync())).Arguments!["city"]!).GetString());
    }

    [Fact]
    public async Task Arguments_that_differ_only_in_case_do_not_stop_a_conversation()
    {
        _service.Says(Text("ok"));
        await AskAsync(new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c1", "f", new Dictionary<string, object?> { ["id"] = 1, ["ID"] = 2 })]));
        Assert.Single(_service.Asked!);
    }

    [Theory]
    [InlineData("{\"city\":")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("}")]
    public async Task Arguments_that_are_no_object_are_an_error_of_that_call_alone(string arguments)
    {
        _service.Says(Text("I look."), Call("c1", "srv_get-weather", arguments, 0), Call("c2", "srv_get-weather", "{}", 1));
        var updates = await AskAsync();

        Assert.Equal("I look.", string.Concat(updates.Select(u => u.Text)));
        Assert.Equal([false, true], Contents<FunctionCallContent>(updates).Select(c => c.Exception is null));
    }

    [Fact]
    public async Task A_call_without_an_id_or_with_one_that_is_taken_gets_its_own()
    {
        _service.Says(Call(null, "srv_get-weather", "", 0), Call("old", "srv_get-weather", "", 1));
        var calls = Contents<FunctionCallContent>(await AskAsync(
            new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("old", "srv_get-weather")]),
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("old", "rain")])));

        Assert.Equal(2, calls.Select(c => c.CallId).Distinct().Count());
        Assert.All(calls, c => Assert.StartsWith("call_", c.CallId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_empty_reply_ends_as_one()
    {
        _service.Says();
        var update = Assert.Single(await AskAsync());
        Assert.Equal((0, ChatFinishReason.Stop), (update.Contents.Count, update.FinishReason));
    }

    [Fact]
    public async Task A_second_choice_is_not_mixed_into_the_first()
    {
        _service.Says(Text("one"), new StreamingChatMessageContent(AuthorRole.Assistant, "two", choiceIndex: 1));
        Assert.Equal("one", string.Concat((await AskAsync()).Select(u => u.Text)));
    }

    [Fact]
    public async Task The_conversation_is_passed_on()
    {
        _service.Says(Text("ok"));
        await AskAsync(
            new ChatMessage(ChatRole.System, "Be brief."),
            new ChatMessage(ChatRole.User, [new Microsoft.Extensions.AI.TextContent("What is it?"), new DataContent(new byte[] { 1 }, "image/png")]),
            new ChatMessage(ChatRole.Assistant, [new FunctionCallContent("c1", "srv_get-weather", new Dictionary<string, object?> { ["city"] = "Oslo" })]),
            new ChatMessage(ChatRole.Tool, [new FunctionResultContent("c1", JsonElement.Parse("""{"sky":"clear"}"""))]),
            new ChatMessage(ChatRole.Assistant, ""));

        Assert.Equal([AuthorRole.System, AuthorRole.User, AuthorRole.Assistant, AuthorRole.Tool], _service.Asked!.Select(m => m.Role));
        Assert.Equal("image/png", Assert.Single(_service.Asked![1].Items.OfType<ImageContent>()).MimeType);
        var call = Assert.Single(_service.Asked[2].Items.OfType<SKContent.FunctionCallContent>());
        Assert.Equal(("c1", "srv_get-weather", "Oslo"), (call.Id, call.FunctionName, call.Arguments!["city"]));
        var result = Assert.Single(_service.Asked[3].Items.OfType<SKContent.FunctionResultContent>());
        Assert.Equal(("c1", "srv_get-weather", """{"sky":"clear"}"""), (result.CallId, result.FunctionName, result.Result));
    }

    [Fact]
    public async Task Tools_are_offered_and_not_invoked()
    {
        _service.Says(Text("ok"));
        await AskAsync(new ChatOptions { Tools = [Weather], Temperature = 0.5f, MaxOutputTokens = 100, ModelId = "m" });

        Assert.Equal(("m", 0.5f, 100), (_service.Settings!.ModelId, _service.Settings.ExtensionData!["temperature"], _service.Settings.ExtensionData["max_tokens"]));
#pragma warning disable SKEXP0001, SKEXP0101
        var choice = _service.Settings.FunctionChoiceBehavior!.GetConfiguration(new FunctionChoiceBehaviorConfigurationContext([]) { Kernel = new Kernel() });
#pragma warning restore SKEXP0001, SKEXP0101
        Assert.False(choice.AutoInvoke);
        var function = Assert.Single(choice.Functions!);
        Assert.Equal(("srv_get-weather", "The weather."), (function.Name, function.Description));
        Assert.Equal("city", Assert.Single(function.Metadata.Parameters).Name);
    }

    [Fact]
    public async Task Without_tools_there_is_no_choice_of_functions()
    {
        _service.Says(Text("ok"));
        await AskAsync(new ChatOptions());
        Assert.Null(_service.Settings!.FunctionChoiceBehavior);
    }

    [Fact]
    public async Task A_fault_of_the_service_and_a_cancel_reach_the_caller()
    {
        _service.Fails(new HttpRequestException("down"));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync());
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        _service.Says(Text("a"));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => AskAsync(null, gone.Token));
    }

    private static StreamingChatMessageContent Text(string text) => new(AuthorRole.Assistant, text);

    private static StreamingChatMessageContent Meta(params (string Key, object? Value)[] entries) =>
        new(AuthorRole.Assistant, null, metadata: entries.ToDictionary(e => e.Key, e => e.Value));

    private static StreamingChatMessageContent Call(string? id, string? name, string? arguments, int index) =>
        new(AuthorRole.Assistant, null) { Items = [new StreamingFunctionCallUpdateContent(id, name, arguments, index)] };

#pragma warning disable SKEXP0110
    private static StreamingChatMessageContent Reasoning(string text) => new(AuthorRole.Assistant, null) { Items = [new StreamingReasoningContent(text)] };
#pragma warning restore SKEXP0110

    private static List<T> Contents<T>(IEnumerable<ChatResponseUpdate> updates) => [.. updates.SelectMany(u => u.Contents).OfType<T>()];

    private Task<List<ChatResponseUpdate>> AskAsync(params ChatMessage[] messages) => AskAsync(null, Token, messages);

    private Task<List<ChatResponseUpdate>> AskAsync(ChatOptions options) => AskAsync(options, Token);

    private async Task<List<ChatResponseUpdate>> AskAsync(ChatOptions? options, CancellationToken cancellationToken, params ChatMessage[] messages)
    {
        using var client = new ChatServiceClient(_service, new SystemIdGenerator(TimeProvider.System));
        return await client.GetStreamingResponseAsync(messages, options, cancellationToken).ToListAsync(cancellationToken);
    }

    private sealed record Tokens(int InputTokenCount, int OutputTokenCount);

    private sealed class ScriptedService : IChatCompletionService
    {
        private StreamingChatMessageContent[] _pieces = [];
        private Exception? _fault;

        public IReadOnlyDictionary<string, object?> Attributes { get; } = new Dictionary<string, object?>();

        public ChatHistory? Asked { get; private set; }

        public PromptExecutionSettings? Settings { get; private set; }

        public void Says(params StreamingChatMessageContent[] pieces) => (_pieces, _fault) = (pieces, null);

        public void Fails(Exception fault) => _fault = fault;

        public Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
            ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("It is asked to stream.");

        public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
            ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            (Asked, Settings) = (chatHistory, executionSettings);
            foreach (var piece in _pieces)
            {
                await Task.Yield();
                cancellationToken.ThrowIfCancellationRequested();
                yield return piece;
            }

            if (_fault is not null)
            {
                throw _fault;
            }
        }
    }
}
