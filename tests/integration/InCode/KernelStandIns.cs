using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using StreamChat.IntegrationTests.Runs;
using StreamChat.ToolWorker;

namespace StreamChat.IntegrationTests.InCode;

/// <summary>What docs/semantic-kernel.md needs of Semantic Kernel, with the shapes of its public interface. The real one is no dependency here.</summary>
internal sealed class Kernel
{
    private readonly object _service = new EchoingClient();

    public IReadOnlyList<KernelPlugin> Plugins { get; } = [new KernelPlugin()];

    public T GetRequiredService<T>()
        where T : class => (T)_service;

    /// <summary>Calls the function that it is offered, and then says what that returned.</summary>
    private sealed class EchoingClient : IChatClient
    {
        public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            await Task.Yield();
            var result = messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().LastOrDefault();
            yield return result is null ? ScriptedModel.Call("c1", "turn_on", ("lamp", "desk")) : ScriptedModel.Text($"The kernel says: {result.Result}");
        }

        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
            GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

        public object? GetService(Type serviceType, object? serviceKey = null) =>
            serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("kernel-provider", defaultModelId: "kernel-model") : null;

        public void Dispose()
        {
        }
    }
}

/// <summary>A plugin is its functions.</summary>
internal sealed class KernelPlugin : List<KernelFunction>
{
    public KernelPlugin() =>
        Add(new KernelFunction(AIFunctionFactory.Create(
            (string lamp, AIFunctionArguments arguments) => $"{lamp} is on for {arguments.Context![ToolCallKeys.UserId]}", "turn_on", "Turns a lamp on.")));
}

/// <summary>A function that cannot be called before it has its kernel.</summary>
internal sealed class KernelFunction(AIFunction inner) : DelegatingAIFunction(inner)
{
    public Kernel? Kernel { get; init; }

    public KernelFunction WithKernel(Kernel kernel) => new(InnerFunction) { Kernel = kernel };

    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) =>
        Kernel is null ? throw new InvalidOperationException("No kernel.") : base.InvokeCoreAsync(arguments, cancellationToken);
}
