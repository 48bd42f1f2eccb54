using System.Diagnostics;
using System.Text.Json;
using StreamChat.TestSupport.Processes;

namespace StreamChat.UnitTests.Deployment;

/// <summary>docker-compose.yml as a compose implementation reads it: checked, and with anchors and variables resolved.</summary>
internal static class ComposeFile
{
    /// <summary>
    /// Commands that succeed where an implementation is there, and those that write the file as JSON. Version 1 writes YAML only,
    /// but is a Python program and comes with a reader of it.
    /// </summary>
    private static readonly (string Probe, string Config)[] Implementations =
    [
        ("docker compose version", "docker compose -f docker-compose.yml config --format json"),
        ("docker-compose version --short | grep -vq ^1", "docker-compose -f docker-compose.yml config --format json"),
        (
            "docker-compose version --short | grep -q ^1",
            "docker-compose -f docker-compose.yml config | python3 -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)'"
        ),
    ];

    /// <summary>The file, resolved with the environment given.</summary>
    /// <exception cref="InvalidOperationException">There is no compose implementation, or the file is wrong.</exception>
    public static async Task<JsonElement> ReadAsync(params (string Name, string Value)[] environment)
    {
        foreach (var (probe, config) in Implementations)
        {
            if ((await RunAsync(probe, environment)).ExitCode != 0)
            {
                continue;
            }

            var (exitCode, output, errors) = await RunAsync(config, environment);
            if (exitCode != 0)
            {
                throw new InvalidOperationException($"docker-compose.yml is wrong:\n{errors}");
            }

            using var json = JsonDocument.Parse(output);
            return json.RootElement.Clone();
        }

        throw new InvalidOperationException(
            "docker-compose.yml cannot be checked without a compose implementation. Install Docker's compose plugin or the package docker-compose.");
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string command, (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"set -o pipefail; {command}"])
        {
            WorkingDirectory = RepositoryLayout.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }
}
