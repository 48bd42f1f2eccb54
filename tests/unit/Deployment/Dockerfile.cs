using StreamChat.TestSupport.Processes;

namespace StreamChat.UnitTests.Deployment;

/// <summary>The one Dockerfile of all services.</summary>
internal static class Dockerfile
{
    public static string Text { get; } = File.ReadAllText(Path.Combine(RepositoryLayout.Root, "Dockerfile"));
}
