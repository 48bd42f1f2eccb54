using System.Diagnostics;

namespace StreamChat.AgentWorker;

/// <summary>The name under which this service traces and measures.</summary>
internal static class WorkerTelemetry
{
    public const string Name = "StreamChat.AgentWorker";

    public static readonly ActivitySource Source = new(Name);
}
