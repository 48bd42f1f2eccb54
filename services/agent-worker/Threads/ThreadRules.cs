using StreamChat.AgentWorker.Storage;
using StreamChat.Contracts.Threads;

namespace StreamChat.AgentWorker.Threads;

/// <summary>What can be asked about threads. Checked before the store is asked.</summary>
internal static class ThreadRules
{
    private const int MaxTitle = 200;
    private const int LargestList = 100;
    private const int LargestPage = 200;

    public static ThreadStatus Check(ListThreads request) =>
        Valid(request.Limit is >= 1 and <= LargestList && (request.After is null || ThreadCursor.TryParse(request.After, out _)));

    public static ThreadStatus Check(ReadThread request) => Valid(
        request.Limit is >= 1 and <= LargestPage && request.Before is null or > 0 && request.After is null or >= 0 && (request.Before is null || request.After is null));

    public static ThreadStatus Check(ChangeThread request) => Valid(
        (request.Title is null || (request.Title.Length <= MaxTitle && !string.IsNullOrWhiteSpace(request.Title) && !request.Title.Any(char.IsControl)))
        && (request.WhenBusy is not { } policy || Enum.IsDefined(policy)));

    private static ThreadStatus Valid(bool valid) => valid ? ThreadStatus.Ok : ThreadStatus.Invalid;
}
