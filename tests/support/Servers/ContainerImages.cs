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

    /// <summary>Publishes ports on this machine's loopback address only: these servers have well-known passwords.</summary>
    internal static void PublishOnLoopback(Docker.DotNet.Models.CreateContainerParameters parameters)
    {
        foreach (var binding in parameters.HostConfig?.PortBindings?.Values.SelectMany(bindings => bindings) ?? [])
        {
            binding.HostIP = "127.0.0.1";
        }
    }

    /// <summary>Ends a container at once, as a power cut does; Testcontainers only has it end in order.</summary>
    internal static async Task KillAsync(string containerId)
    {
        using var client = TestcontainersSettings.OS.DockerEndpointAuthConfig.GetDockerClientBuilder().Build();
        await client.Containers.KillContainerAsync(containerId, new Docker.DotNet.Models.ContainerKillParameters());
    }

    [GeneratedRegex(@"^\s*image:\s*(?<image>\S+)", RegexOptions.Multiline | RegexOptions.NonBacktracking)]
    private static partial Regex Image { get; }
}
