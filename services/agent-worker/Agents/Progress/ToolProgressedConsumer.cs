using MassTransit;
using StreamChat.Contracts.Tools;

namespace StreamChat.AgentWorker.Agents.Progress;

/// <summary>Hears how far a tool has come that a run of this worker waits for.</summary>
internal sealed class ToolProgressedConsumer(ToolProgressBoard board) : IConsumer<ToolProgressed>
{
    public Task Consume(ConsumeContext<ToolProgressed> context)
    {
        board.Hear(context.Message);
        return Task.CompletedTask;
    }
}
