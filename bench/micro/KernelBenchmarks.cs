using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using StreamChat.AgentWorker;
using StreamChat.AgentWorker.Agents;
using StreamChat.AgentWorker.Agents.Team;
using StreamChat.AgentWorker.Models.Providers.SemanticKernel;
using StreamChat.Hosting.Identity;
using StreamChat.ToolWorker.Plugins;

namespace StreamChat.Bench;

/// <summary>What Semantic Kernel costs a token: none where the model is an <see cref="IChatClient"/>, a conversion where it is a connector.</summary>
public class KernelTokenBenchmarks
{
    private readonly ChatMessage[] _messages = [new(ChatRole.User, "hello")];
    private readonly ReadyClient _client = new();
    private readonly ReadyService _service = new();
    private IChatClient _ofKernel = null!;
    private IChatClient _adapter = null!;

    [GlobalSetup]
    public void Setup()
    {
        var builder = Kernel.CreateBuilder();
        builder.Services.AddSingleton<IChatClient>(_client);
        _ofKernel = builder.Build().GetRequiredService<IChatClient>();
        _adapter = new ChatServiceClient(_service, new SystemIdGenerator(TimeProvider.System));
    }

    [Benchmark(Description = "token: IChatClient", Baseline = true, OperationsPerInvoke = Answers.Tokens)]
    public Task<int> ClientAsync() => CountAsync(_client);

    [Benchmark(Description = "token: IChatClient of a kernel", OperationsPerInvoke = Answers.Tokens)]
    public Task<int> ClientOfKernelAsync() => CountAsync(_ofKernel);

    [Benchmark(Description = "token: chat service, no adapter", OperationsPerInvoke = Answers.Tokens)]
    public async Task<int> ServiceAsync()
    {
        var length = 0;
        await foreach (var piece in _service.GetStreamingChatMessageContentsAsync([]))
        {
            length += piece.Content?.Length ?? 0;
        }

        return length;
    }

    [Benchmark(Description = "token: chat service, our adapter", OperationsPerInvoke = Answers.Tokens)]
    public Task<int> AdapterAsync() => CountAsync(_adapter);

    private async Task<int> CountAsync(IChatClient client)
    {
        var length = 0;
        await foreach (var update in client.GetStreamingResponseAsync(_messages))
        {
            length += update.Text.Length;
        }

        return length;
    }

    private sealed class ReadyClient : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            for (var word = 0; word < Answers.Tokens; word++)
            {
                yield return new ChatResponseUpdate(ChatRole.Assistant, Answers.Word(word));
            }
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose()
        {
        }
    }

    private sealed class ReadyService : IChatCompletionService
    {
        public IReadOnlyDictionary<string, object?> Attributes { get; } = new Dictionary<string, object?>();

        public Task<IReadOnlyList<ChatMessageContent>> GetChatMessageContentsAsync(
            ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null, CancellationToken cancellationToken = default) =>
            throw new NotSupportedException("It streams.");

        public async IAsyncEnumerable<StreamingChatMessageContent> GetStreamingChatMessageContentsAsync(
            ChatHistory chatHistory, PromptExecutionSettings? executionSettings = null, Kernel? kernel = null,
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.CompletedTask;
            for (var word = 0; word < Answers.Tokens; word++)
            {
                yield return new StreamingChatMessageContent(AuthorRole.Assistant, Answers.Word(word));
            }
        }
    }
}

/// <summary>What Semantic Kernel costs a tool call and the start of an agent, without the bus.</summary>
public class KernelCallBenchmarks
{
    private static readonly Agent Triage = new()
    {
        Id = "triage",
        Name = "Triage Agent",
        Description = "-",
        Instructions = "You help.",
        Tools = [],
        HandOffs = [],
        InputGuardrails = [],
    };

    private static readonly AgentTask Task = new() { RunId = Guid.Empty, ThreadId = "t1", UserId = "ada", Messages = [] };

    private readonly AIFunction _plain = AIFunctionFactory.Create((string lamp) => lamp, "turn_on");
    private AIFunction _plugin = null!;
    private InstructionTemplates _without = null!;
    private InstructionTemplates _with = null!;

    private static AIFunctionArguments Arguments => new() { ["lamp"] = JsonSerializer.SerializeToElement("desk") };

    [GlobalSetup]
    public void Setup()
    {
        var services = new ServiceCollection().BuildServiceProvider();
        _plugin = new PluginFunction("lights", KernelFunctionFactory.CreateFromMethod((string lamp) => lamp, "turn_on"), services);
        _without = ActivatorUtilities.CreateInstance<InstructionTemplates>(services);
        _with = ActivatorUtilities.CreateInstance<InstructionTemplates>(
            new ServiceCollection().AddInstructionTemplate("triage", "{{$instructions}} The user is {{$user_id}}.").BuildServiceProvider());
    }

    [Benchmark(Description = "call: AIFunction", Baseline = true)]
    public ValueTask<object?> PlainAsync() => _plain.InvokeAsync(Arguments);

    [Benchmark(Description = "call: plugin, kernel of its own")]
    public ValueTask<object?> PluginAsync() => _plugin.InvokeAsync(Arguments);

    [Benchmark(Description = "agent: instructions, no template")]
    public ValueTask<string> InstructionsAsync() => _without.RenderAsync(Triage, Task, CancellationToken.None);

    [Benchmark(Description = "agent: instructions, template")]
    public ValueTask<string> TemplateAsync() => _with.RenderAsync(Triage, Task, CancellationToken.None);
}
