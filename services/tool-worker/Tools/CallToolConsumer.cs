using MassTransit;
using StreamChat.Contracts.Tools;

namespace StreamChat.ToolWorker.Tools;

/// <summary>Takes calls from the queue and answers each of them.</summary>
internal sealed class CallToolConsumer(ToolInvoker invoker) : IConsumer<CallTool>
{
    public async Task Consume(ConsumeContext<CallTool> context) =>
        await context.RespondAsync(await invoker.InvokeAsync(context.Message, context.CancellationToken));
}
