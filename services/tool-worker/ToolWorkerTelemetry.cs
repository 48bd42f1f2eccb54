using System.Diagnostics;

namespace StreamChat.ToolWorker;

/// <summary>The name under which this service traces and measures.</summary>
internal static class ToolWorkerTelemetry
{
    public const string Name = "StreamChat.ToolWorker";

    public static readonly ActivitySource Source = new(Name);
}
