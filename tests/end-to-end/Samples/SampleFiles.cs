using StreamChat.TestSupport.Processes;

namespace StreamChat.EndToEndTests.Samples;

/// <summary>The clients' texts, in the folders beside this file.</summary>
internal static class SampleFiles
{
    private static readonly string Folder = Path.Combine(RepositoryLayout.Root, "tests", "end-to-end", "Samples");

    public static string Original(string name) => File.ReadAllText(Path.Combine(Folder, "Originals", name));

    public static string Described(string name) => File.ReadAllText(Path.Combine(Folder, "Described", name));

    public static string Harness(string name) => File.ReadAllText(Path.Combine(Folder, "Harness", name));
}
