using StreamChat.Contracts.Tools;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.UnitTests.ToolWorker;

/// <summary>Keeps the progress that is sent; each sending goes as the test says.</summary>
internal sealed class ListTransport : IProgressTransport
{
    private readonly List<ToolProgressed> _sent = [];

    public Func<Task> Next { get; set; } = () => Task.CompletedTask;

    public IReadOnlyList<ToolProgressed> Sent
    {
        get
        {
            lock (_sent)
            {
                return [.. _sent];
            }
        }
    }

    public Task SendAsync(string workerId, ToolProgressed progress, CancellationToken cancellationToken)
    {
        lock (_sent)
        {
            _sent.Add(progress);
        }

        return Next();
    }
}
