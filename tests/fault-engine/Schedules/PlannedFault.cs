using System.Globalization;

namespace StreamChat.FaultEngine.Schedules;

/// <summary>One fault of a schedule.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="At">When, from the start of the schedule.</param>
/// <param name="For">How long it lasts; zero for one that is over at once.</param>
/// <param name="Target">Index of the client or process that it is done to, where there is one.</param>
/// <param name="Form">Which of several forms of its kind: see <see cref="FaultForm"/>.</param>
/// <param name="Amount">Bytes to let through before a cut, milliseconds of latency, or a share in percent.</param>
public sealed record PlannedFault(FaultKind Kind, TimeSpan At, TimeSpan For, int Target = 0, FaultForm Form = FaultForm.Plain, int Amount = 0)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{At.TotalSeconds:0.000} s: {Kind} {Form} of {Target} for {For.TotalSeconds:0.000} s, {Amount}");
}

/// <summary>How a fault of one kind is done.</summary>
public enum FaultForm
{
    /// <summary>The only way there is.</summary>
    Plain,

    /// <summary>FIN, on the way to the client.</summary>
    FinToClient,

    /// <summary>FIN, on the way to the server.</summary>
    FinToServer,

    /// <summary>RST, on the way to the client.</summary>
    ResetToClient,

    /// <summary>RST, on the way to the server.</summary>
    ResetToServer,

    /// <summary>Everything comes later.</summary>
    Latency,

    /// <summary>Nothing goes through until it is over; then all does.</summary>
    Stall,

    /// <summary>The server's side is closed, and the client is not told.</summary>
    HalfOpenToClient,

    /// <summary>The client's side is closed, and the server is not told.</summary>
    HalfOpenToServer,
}
