using StreamChat.TestSupport.Processes;
using StreamChat.UnitTests.Edge;

namespace StreamChat.UnitTests.Deployment;

/// <summary>The probe of containers and of the script that runs all as processes.</summary>
public sealed class ReadinessScriptTests
{
    [Fact]
    public async Task It_tells_a_ready_service_from_one_that_is_not_and_from_none()
    {
        int port;
        await using (var service = await FakeGateway.StartAsync())
        {
            port = new Uri(service.Url).Port;
            Assert.Equal(0, await ProbeAsync(port));

            service.Ready = false;
            Assert.NotEqual(0, await ProbeAsync(port));
        }

        Assert.NotEqual(0, await ProbeAsync(port));
    }

    private static async Task<int> ProbeAsync(int port)
    {
        await using var script = ChildProcess.Start(Path.Combine(RepositoryLayout.Root, "scripts", "is-ready.sh"), [$"{port}"]);
        await script.WaitForExitAsync(TimeSpan.FromSeconds(20));
        return script.ExitCode;
    }
}
