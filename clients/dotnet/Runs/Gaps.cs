using StreamChat.Client.Connections;

namespace StreamChat.Client.Runs;

/// <summary>
/// Gets events that did not come: asks for what is missing, and what does not come by that comes with another connection. Under the client's
/// lock.
/// </summary>
/// <param name="gate">The lock.</param>
/// <param name="connection">Where they did not come.</param>
/// <param name="patience">How long to wait for what was asked for.</param>
/// <param name="attach">Asks for everything after what was seen.</param>
internal sealed class Gaps(Gate gate, Connection connection, TimeSpan patience, Action<ChatRun> attach)
{
    private const int MostGaps = 3;

    /// <summary>Events of a run are missing.</summary>
    public void Fill(ChatRun run)
    {
        var link = run.Link;
        if (link.IsGapWaited)
        {
            return;
        }

        attach(run);
        link.IsGapWaited = true;
        link.GapTimer = gate.After(patience, () =>
        {
            if (!link.IsGapWaited)
            {
                return;
            }

            Forget(link);
            if (++link.Gaps > MostGaps)
            {
                run.Fail(new ConnectionEndedException("lost", "A part of the answer did not come.", retryable: true, run.RunId));
            }
            else
            {
                connection.Abandon("gap");
            }
        });
    }

    /// <summary>Nothing is missing any more, or it is asked for otherwise.</summary>
    public static void Forget(RunLink link)
    {
        if (link.IsGapWaited)
        {
            link.IsGapWaited = false;
            link.GapTimer?.Dispose();
            link.GapTimer = null;
        }
    }
}
