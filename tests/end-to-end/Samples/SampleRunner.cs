using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Waiting;

namespace StreamChat.EndToEndTests.Samples;

/// <summary>Runs a client in the language that it is written in, as a process of its own.</summary>
internal static class SampleRunner
{
    // Debian's own, which has Debian's python3-websockets; another one may come first on the path
    private static readonly string Python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";

    // the one that drives the browser: it has WebSocket built in, and is there wherever these tests are
    public static readonly string Node = Directory
        .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, ".playwright", "node"), "node", SearchOption.AllDirectories)
        .First();

    /// <summary>Runs it until its output is as wished, and ends it then if it has not ended by itself.</summary>
    public static Task<string> PythonAsync(string text, Func<string, bool> until) => RunAsync(Python, ["-u"], "client.py", text, until);

    /// <inheritdoc cref="PythonAsync"/>
    public static Task<string> NodeAsync(string text, Func<string, bool> until) => RunAsync(Node, [], "client.mjs", text, until);

    private static async Task<string> RunAsync(string program, string[] options, string fileName, string text, Func<string, bool> until)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, fileName);
        await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
        await using var process = ChildProcess.Start(program, [.. options, file]);
        try
        {
            await Eventually.TrueAsync(() => until(process.Output) || process.HasExited, TimeSpan.FromSeconds(60));
            if (process.HasExited)
            {
                await process.WaitForExitAsync(TimeSpan.FromSeconds(10));
            }
        }
        catch (TimeoutException)
        {
            // the assertion says more
        }

        var output = process.Output;
        Assert.True(until(output), $"The client wrote:\n{output}");
        Assert.DoesNotContain("Traceback", output, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper?.WriteLine(output);
        return output;
    }
}
