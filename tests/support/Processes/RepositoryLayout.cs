namespace StreamChat.TestSupport.Processes;

/// <summary>Where things are in the working copy that the running tests were built from.</summary>
public static class RepositoryLayout
{
    /// <summary>The folder of the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The assembly of a service or a sample, built in the same configuration as the running tests.</summary>
    /// <param name="service">Folder of the service, for example <c>agent-worker</c>.</param>
    /// <exception cref="FileNotFoundException">It has not been built.</exception>
    public static string ServiceAssembly(string service)
    {
        // …/tests/integration/bin/Release/net10.0/
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var words = service.Split('-').Select(w => char.ToUpperInvariant(w[0]) + w[1..]);
        var assembly = $"StreamChat.{string.Concat(words)}.dll";
        return new[] { "services", "samples" }
            .Select(folder => Path.Combine(Root, folder, service, "bin", output.Parent!.Name, output.Name, assembly))
            .FirstOrDefault(File.Exists) ?? throw new FileNotFoundException("Build the service first.", assembly);
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "StreamChat.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No StreamChat.sln above {AppContext.BaseDirectory}.");
    }
}
