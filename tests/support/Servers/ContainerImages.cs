using System.Text.RegularExpressions;
using DotNet.Testcontainers.Configurations;
using StreamChat.TestSupport.Processes;

namespace StreamChat.TestSupport.Servers;

/// <summary>The images of servers in containers: those of <c>docker-compose.yml</c>, so that tests run what is deployed.</summary>
public static partial class ContainerImages
{
    /// <summary>The image of a service.</summary>
    /// <param name="repository">For example <c>rabbitmq</c>.</param>
    /// <exception cref="InvalidOperationException">The file names none.</exception>
    public static string Of(string repository) =>
        Image.Matches(File.ReadAllText(Path.Combine(RepositoryLayout.Root, "docker-compose.yml")))
            .Select(m => m.Groups["image"].Value)
            .FirstOrDefault(image => image.StartsWith($"{repository}:", StringComparison.Ordinal))
        ?? throw new InvalidOperationException($"docker-compose.yml names no image {repository}.");

    /// <summary>Ends a container at once, as a power cut does; Testcontainers only has it end in order.</summary>
    internal static async Task KillAsync(string containerId)
    {
        using var client = TestcontainersSettings.OS.DockerEndpointAuthConfig.GetDockerClientBuilder().Build();
        await client.Containers.KillContainerAsync(containerId, new Docker.DotNet.Models.ContainerKillParameters());
    }

    [GeneratedRegex(@"^\s*image:\s*(?<image>\S+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Image { get; }
}
