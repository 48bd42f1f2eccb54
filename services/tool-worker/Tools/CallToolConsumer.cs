using MassTransit;
using Microsoft.Extensions.Options;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;

namespace StreamChat.ToolWorker.Tools;

/// <summary>Takes calls from the queue and answers each of them.</summary>
internal sealed class CallToolConsumer(ToolInvoker invoker, IOptions<BusOptions> options, TimeProvider time) : IConsumer<CallTool>
{
    public async Task Consume(ConsumeContext<CallTool> context) =>
        await context.AnswerAsync(await invoker.InvokeAsync(context.Message, context.CancellationToken), options.Value, time);
}
