using System.ComponentModel.DataAnnotations;
using StreamChat.Contracts.Runs;

namespace StreamChat.AgentWorker.Runs;

/// <summary>Section <c>Limits:Thread</c>: runs that are asked for in one thread at the same time.</summary>
internal sealed class ThreadOptions
{
    public const string Section = "Limits:Thread";

    /// <summary>What becomes of a run whose thread is busy, where neither the request nor the thread says otherwise.</summary>
    [EnumDataType(typeof(ThreadPolicy))]
    public ThreadPolicy WhenBusy { get; set; } = ThreadPolicy.Enqueue;

    /// <summary>How many runs may wait in one thread; one more fails with code <c>conflict</c>.</summary>
    [Range(0, 1000)]
    public int Waiting { get; set; } = 16;
}
