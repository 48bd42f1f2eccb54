using System.Net.WebSockets;
using System.Text.Json;

namespace StreamChat.Load;

/// <summary>The command: reads the arguments, drives the load, prints one line of JSON and judges.</summary>
internal static class LoadCommand
{
    public const int Good = 0;
    public const int Bad = 1;
    public const int NotRun = 2;

    /// <returns>
    /// <see cref="Good"/>; <see cref="Bad"/> when any token was lost, repeated, out of order or malformed or a run failed;
    /// <see cref="NotRun"/> when nothing could be measured.
    /// </returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!LoadOptions.TryParse(args, out var options, out var problem))
        {
            await errors.WriteLineAsync(problem);
            await errors.WriteLineAsync(LoadOptions.Usage);
            return NotRun;
        }

        try
        {
            var report = await LoadRun.ExecuteAsync(options, time, cancellationToken);
            await output.WriteLineAsync(report.ToJson());
            return report.IsGood ? Good : Bad;
        }
        catch (Exception e) when (e is WebSocketException or IOException or JsonException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"Nothing measured: {e.Message}");
            return NotRun;
        }
    }
}
