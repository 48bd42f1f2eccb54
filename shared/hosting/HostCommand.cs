namespace StreamChat.Hosting;

/// <summary>A word on the command line that makes a service do something else than serve, for example <c>hash-key</c>.</summary>
/// <param name="Name">The word.</param>
/// <param name="Purpose">What it does, in a few words, for the usage message.</param>
/// <param name="Run">Does it: writes to the output given and returns the exit code of the process.</param>
public sealed record HostCommand(string Name, string Purpose, Func<TextWriter, int> Run)
{
    /// <summary>The exit code for a wrong command line (<c>EX_USAGE</c>).</summary>
    internal const int UsageError = 64;

    /// <summary>
    /// Runs the command that the command line names, or refuses a command line that names none and is not configuration. A word that is
    /// ignored would start a server where somebody asked for something else.
    /// </summary>
    /// <param name="args">The command line.</param>
    /// <param name="commands">What this service offers.</param>
    /// <param name="output">For the result of a command.</param>
    /// <param name="errors">For the usage message.</param>
    /// <returns>The exit code of the process; null to serve.</returns>
    internal static int? TryRun(IReadOnlyList<string> args, IReadOnlyList<HostCommand> commands, TextWriter output, TextWriter errors)
    {
        if (args.Count == 1 && commands.FirstOrDefault(c => c.Name == args[0]) is { } command)
        {
            return command.Run(output);
        }

        if (FindUnknownWord(args) is not { } position)
        {
            return null;
        }

        // not quoted, because it may be a value that lost its key, and a secret
        errors.WriteLine($"Argument {position + 1} is neither a command nor a setting.");
        errors.WriteLine("Usage:");
        errors.WriteLine("  [--KEY=VALUE ...]  serve; each KEY is a configuration key, for example --Bus:Transport=InMemory");
        foreach (var known in commands)
        {
            errors.WriteLine($"  {known.Name,-17}  {known.Purpose}");
        }

        return UsageError;
    }

    // the forms that the configuration reads: --key=value, --key value, /key=value, /key value, key=value
    private static int? FindUnknownWord(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (args[i].Contains('=', StringComparison.Ordinal))
            {
                continue;
            }

            if (args[i] is ['-' or '/', ..])
            {
                i++;
                continue;
            }

            return i;
        }

        return null;
    }
}
