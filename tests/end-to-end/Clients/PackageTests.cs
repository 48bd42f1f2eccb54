using System.IO.Compression;
using System.Text.Json;
using System.Xml.Linq;
using StreamChat.TestSupport.Processes;

namespace StreamChat.EndToEndTests.Clients;

/// <summary>What others get as packages is what is meant, and nothing else.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task The_package_for_javascript_has_the_module_its_types_and_its_readme()
    {
        var output = await ChildProcess.RunAsync(
            "npm", ["pack", "--dry-run", "--json", "--loglevel", "silent", Path.Combine(RepositoryLayout.Root, "clients", "javascript")]);
        var package = JsonElement.Parse(output)[0];
        Assert.Equal("@streamchat/client", package.GetProperty("name").GetString());
        var files = package.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("path").GetString()!).ToList();
        var sources = Directory.GetFiles(Path.Combine(RepositoryLayout.Root, "clients", "javascript", "src")).Select(f => $"src/{Path.GetFileName(f)}");
        Assert.Equal(sources.Concat(["README.md", "package.json"]).Order(StringComparer.Ordinal), files.Order(StringComparer.Ordinal));
        Assert.Contains("src/index.d.ts", files);
    }

    [Fact]
    public async Task The_package_for_dotnet_has_the_assembly_its_documentation_and_its_readme_and_needs_nothing()
    {
        using var folder = new TemporaryFolder();
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar)).Parent!.Name;
        await ChildProcess.RunAsync(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            ["pack", Path.Combine(RepositoryLayout.Root, "clients", "dotnet"), "--no-build", "--configuration", configuration, "--output", folder.Path, "-nodeReuse:false"]);
        await using var package = await ZipFile.OpenReadAsync(
            Assert.Single(Directory.GetFiles(folder.Path, "*.nupkg")), TestContext.Current.CancellationToken);
        var own = package.Entries.Select(e => e.FullName)
            .Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name != "[Content_Types].xml");
        Assert.Equal(
            ["README.md", "StreamChat.Client.nuspec", "lib/net10.0/StreamChat.Client.dll", "lib/net10.0/StreamChat.Client.xml"],
            own.Order(StringComparer.Ordinal));
        await using var nuspec = await package.GetEntry("StreamChat.Client.nuspec")!.OpenAsync(TestContext.Current.CancellationToken);
        var description = XDocument.Load(nuspec);
        Assert.DoesNotContain(description.Descendants(), e => e.Name.LocalName == "dependency");
        Assert.Equal("README.md", description.Descendants().Single(e => e.Name.LocalName == "readme").Value);
    }
}
