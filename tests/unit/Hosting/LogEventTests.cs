using System.Reflection;
using Microsoft.Extensions.Logging;

namespace StreamChat.UnitTests.Hosting;

/// <summary>An event id in a log says which line of code wrote it, in all services: none is used twice.</summary>
public sealed class LogEventTests
{
    [Fact]
    public void Every_log_event_has_an_id_of_its_own()
    {
        var assemblies = new[]
        {
            typeof(StreamChat.Gateway.GatewayModule).Assembly, typeof(StreamChat.AgentWorker.AgentWorkerModule).Assembly, typeof(StreamChat.ToolWorker.ToolWorkerModule).Assembly,
            typeof(StreamChat.Edge.EdgeApp).Assembly, typeof(StreamChat.Hosting.StreamChatHost).Assembly,
        };
        var events = assemblies
            .SelectMany(a => a.GetTypes())
            .SelectMany(t => t.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(m => (Method: $"{m.DeclaringType!.Name}.{m.Name}", m.GetCustomAttribute<LoggerMessageAttribute>()?.EventId))
            .Where(e => e.EventId is not null)
            .ToList();
        Assert.True(events.Count > 40);
        Assert.Empty(events.GroupBy(e => e.EventId).Where(g => g.Count() > 1).Select(g => $"{g.Key}: {string.Join(", ", g.Select(e => e.Method))}"));
    }
}
