using StreamChat.Client.Connections;

namespace StreamChat.Client.Runs;

/// <summary>What comes of a run when the server refuses something that concerns it. Under the client's lock.</summary>
/// <param name="gate">The lock.</param>
/// <param name="options">How often and how long to try.</param>
/// <param name="goOn">Says anew whatever the server may not have heard of a run.</param>
internal sealed class Refusals(Gate gate, StreamChatClientOptions options, Action<ChatRun> goOn)
{
    /// <summary>Something was refused: tries again, or the run fails.</summary>
    public void Take(ChatRun run, RefusedException error)
    {
        var link = run.Link;
        var isUnknown = error.Code == "not_found";
        if (!link.IsAccepted)
        {
            if (error.Retryable && ++link.Refusals <= options.RetryRefused && !run.IsCancelling)
            {
                GoOnLater(run, link.Refusals);
            }
            else
            {
                run.Fail(error);
            }
        }
        else if (isUnknown && !link.IsSeen && link.Request is null)
        {
            run.Fail(run.IsCancelling ? new RunCancelledException(run.RunId) : error);
        }
        else if (error.Retryable || isUnknown)
        {
            // An attach, a cancel or a tool's answer that could not be served now. One that no worker has yet is known by its request only.
            link.AskAgain = isUnknown && !link.IsSeen && link.Request is not null;
            Trouble(run, error);
        }
        else
        {
            run.Fail(error);
        }
    }

    private void Trouble(ChatRun run, RefusedException error)
    {
        var link = run.Link;
        var (count, since) = link.Troubles;
        since = count == 0 ? options.TimeProvider.GetTimestamp() : since;
        link.Troubles = (++count, since);
        if (run.IsCancelling && error.Code == "not_found" && count > 1)
        {
            run.Fail(new RunCancelledException(run.RunId));
        }
        else if (options.TimeProvider.GetElapsedTime(since) > options.Patience)
        {
            run.Fail(error);
        }
        else
        {
            GoOnLater(run, count);
        }
    }

    private void GoOnLater(ChatRun run, int tries)
    {
        var link = run.Link;
        if (link.IsAgainDue)
        {
            return;
        }

        link.IsAgainDue = true;
        link.AgainTimer?.Dispose();
        link.AgainTimer = gate.After(Backoff.BeforeAskingAgain(tries, options.Random), () =>
        {
            link.IsAgainDue = false;
            goOn(run);
        });
    }
}
