using System.Text.RegularExpressions;
using StreamChat.TestSupport.Processes;

namespace StreamChat.UnitTests.Deployment;

public sealed partial class DockerfileTests
{
    [Fact]
    public void Base_images_are_pinned_to_the_version_of_the_projects()
    {
        var images = FromLine.Matches(Dockerfile.Text).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(2, images.Count);
        Assert.All(images, image => Assert.EndsWith($":{Environment.Version.ToString(2)}-noble", image, StringComparison.Ordinal));
    }

    [Fact]
    public void It_does_not_run_as_root() =>
        Assert.Equal("$APP_UID", Assert.Single(UserLine.Matches(Dockerfile.Text)).Groups[1].Value);

    [Fact]
    public void Every_project_is_there_when_packages_are_restored()
    {
        var projects = new[] { "shared", "services" }
            .SelectMany(folder => Directory.GetDirectories(Path.Combine(RepositoryLayout.Root, folder)).Select(d => $"{folder}/{Path.GetFileName(d)}"))
            .Where(folder => Directory.GetFiles(Path.Combine(RepositoryLayout.Root, folder), "*.csproj").Length > 0);
        var restored = Dockerfile.Text[..Dockerfile.Text.IndexOf("RUN dotnet restore", StringComparison.Ordinal)];
        Assert.All(projects, project => Assert.Contains($"COPY {project}/*.csproj {project}/\n", restored, StringComparison.Ordinal));
    }

    [Fact]
    public void What_it_copies_is_there_and_not_ignored()
    {
        var allowed = File.ReadAllLines(Path.Combine(RepositoryLayout.Root, ".dockerignore"))
            .Where(l => l.StartsWith('!')).Select(l => l[1..]).ToList();
        var sources = CopyLine.Matches(Dockerfile.Text).SelectMany(m => m.Groups[1].Value.Split(' ')[..^1]).ToList();
        Assert.NotEmpty(sources);
        Assert.All(sources, source =>
        {
            Assert.Contains(allowed, a => source == a || source.StartsWith(a + "/", StringComparison.Ordinal));
            Assert.True(Path.Exists(Path.Combine(RepositoryLayout.Root, source.Replace("*.csproj", "", StringComparison.Ordinal))), source);
        });
    }

    [GeneratedRegex("^FROM (\\S+)", RegexOptions.Multiline)]
    private static partial Regex FromLine { get; }

    [GeneratedRegex("^USER (\\S+)$", RegexOptions.Multiline)]
    private static partial Regex UserLine { get; }

    [GeneratedRegex("^COPY (?!--from)(.+)$", RegexOptions.Multiline)]
    private static partial Regex CopyLine { get; }
}
