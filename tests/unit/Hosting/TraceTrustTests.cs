using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using StreamChat.Gateway;
using StreamChat.Hosting.Telemetry;

namespace StreamChat.UnitTests.Hosting;

/// <summary>Whose trace goes on.</summary>
public sealed class TraceTrustTests
{
    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("11.1.2.3", false)]
    [InlineData("::ffff:11.1.2.3", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData(null, false)]
    public void A_gateway_continues_the_trace_of_its_edges_and_of_this_machine(string? address, bool continues)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Limits:TrustedProxies:0", "10.0.0.0/8")]).Build());
        services.AddGateway();
        using var provider = services.BuildServiceProvider();

        Assert.Equal(continues ? 5 : 0, Kept(provider.GetRequiredService<IOptions<TraceTrust>>().Value, address));
    }

    [Fact]
    public void By_default_nobody_s_trace_goes_on()
    {
        Assert.Equal(0, Kept(new TraceTrust(), "127.0.0.1"));
        Assert.Equal(0, Kept(new TraceTrust(), null));
    }

    private static int Kept(TraceTrust trust, string? address)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = address is null ? null : IPAddress.Parse(address);
        string[] headers = ["traceparent", "tracestate", "baggage", "Request-Id", "Correlation-Context"];
        foreach (var header in headers)
        {
            context.Request.Headers[header] = "a";
        }

        context.Request.Headers["X-Other"] = "a";
        trust.RemoveForeignTrace(context);
        Assert.Equal("a", context.Request.Headers["X-Other"]);
        return headers.Count(context.Request.Headers.ContainsKey);
    }
}
