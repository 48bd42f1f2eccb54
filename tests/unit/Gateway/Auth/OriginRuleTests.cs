using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using StreamChat.Gateway.Auth;
using StreamChat.UnitTests.Hosting.Http;

namespace StreamChat.UnitTests.Gateway.Auth;

public sealed class OriginRuleTests
{
    private const string OnLoopback = "http://localhost:8080";
    private const string OnTheNetwork = "http://0.0.0.0:8080";

    private static readonly string[] Listed = ["https://friend.example", "capacitor://localhost", "chrome-extension://abcdefghijklmnop", "app://", "https://bücher.example/", "http://[fe80::1]:3000"];

    [Theory]

    // its own pages
    [InlineData("https://chat.example.com", "chat.example.com", true)]
    [InlineData("http://chat.example.com", "chat.example.com", true)]
    [InlineData("http://localhost:8080", "localhost:8080", true)]
    [InlineData("http://LOCALHOST:8080", "localhost:8080", true)]
    [InlineData("http://[::1]:8080", "[::1]:8080", true)]
    [InlineData("http://[0:0:0:0:0:0:0:1]:8080", "[::1]:8080", true)]
    [InlineData("https://chat.example.com:443", "chat.example.com", true)]
    [InlineData("https://xn--bcher-kva.test", "xn--bcher-kva.test", true)]

    // listed
    [InlineData("https://friend.example", "chat.example.com", true)]
    [InlineData("HTTPS://Friend.Example", "chat.example.com", true)]
    [InlineData("https://friend.example:443", "chat.example.com", true)]
    [InlineData("https://xn--bcher-kva.example", "chat.example.com", true)]
    [InlineData("http://[fe80::1]:3000", "chat.example.com", true)]
    [InlineData("capacitor://localhost", "chat.example.com", true)]
    [InlineData("chrome-extension://abcdefghijklmnop", "chat.example.com", true)]
    [InlineData("app://", "chat.example.com", true)]

    // another scheme, port, or name
    [InlineData("http://friend.example", "chat.example.com", false)]
    [InlineData("https://friend.example:8443", "chat.example.com", false)]
    [InlineData("https://sub.friend.example", "chat.example.com", false)]
    [InlineData("https://friend.example.evil.example", "chat.example.com", false)]
    [InlineData("https://evilfriend.example", "chat.example.com", false)]
    [InlineData("https://friend.exampl", "chat.example.com", false)]
    [InlineData("https://friend.example.", "chat.example.com", false)]
    [InlineData("https://evil.example", "chat.example.com", false)]
    [InlineData("https://chat.example.com:8443", "chat.example.com", false)]
    [InlineData("https://chat.example.com.evil.example", "chat.example.com", false)]
    [InlineData("https://buecher.example", "chat.example.com", false)]
    [InlineData("http://[fe80::1]", "chat.example.com", false)]
    [InlineData("http://[fe80::2]:3000", "chat.example.com", false)]
    [InlineData("capacitor://localhost.evil", "chat.example.com", false)]
    [InlineData("capacitor://", "chat.example.com", false)]
    [InlineData("capacitor://localhost:1", "chat.example.com", false)]
    [InlineData("ionic://localhost", "chat.example.com", false)]
    [InlineData("chrome-extension://ponmlkjihgfedcba", "chat.example.com", false)]
    [InlineData("app://chat.example.com", "chat.example.com", false)]

    // no origins
    [InlineData("https://chat.example.com@evil.example", "chat.example.com", false)]
    [InlineData("https://friend.example@evil.example", "chat.example.com", false)]
    [InlineData("https://evil.example/https://friend.example", "chat.example.com", false)]
    [InlineData("https://evil.example#https://friend.example", "chat.example.com", false)]
    [InlineData("https://evil.example\\.friend.example", "chat.example.com", false)]
    [InlineData("https://friend.example%2eevil.example", "chat.example.com", false)]
    [InlineData("https://friend.example, https://evil.example", "chat.example.com", false)]
    [InlineData("https://evil.example https://friend.example", "chat.example.com", false)]
    [InlineData("https:friend.example", "chat.example.com", false)]
    [InlineData("//friend.example", "chat.example.com", false)]
    [InlineData("friend.example", "chat.example.com", false)]
    [InlineData("https://", "chat.example.com", false)]
    [InlineData("https://*", "chat.example.com", false)]
    [InlineData("*", "chat.example.com", false)]
    [InlineData("ws://chat.example.com", "chat.example.com", false)]
    [InlineData("javascript://chat.example.com", "chat.example.com", false)]
    [InlineData("null", "chat.example.com", false)]
    [InlineData("NULL", "chat.example.com", false)]
    [InlineData("null://", "null", false)]
    [InlineData("", "chat.example.com", false)]
    [InlineData(" ", "chat.example.com", false)]
    [InlineData("file://", "chat.example.com", false)]

    // local ones, from where the network reaches the server
    [InlineData("http://localhost:3000", "chat.example.com", false)]
    public void Only_the_same_host_and_the_list_are_let_in(string origin, string host, bool allowed) =>
        Assert.Equal(allowed, Rule(OnTheNetwork, AuthMode.Open, Listed).Allows(Request(host, ("Origin", origin))));

    [Theory]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://localhost", true)]
    [InlineData("https://localhost:5173", true)]
    [InlineData("http://127.0.0.1:5500", true)]
    [InlineData("http://[::1]:3000", true)]
    [InlineData("http://localhost.evil.com", false)]
    [InlineData("http://localhost.evil.com:8080", false)]
    [InlineData("http://127.0.0.1.evil.com", false)]
    [InlineData("http://evil.com", false)]
    [InlineData("http://evil-localhost:3000", false)]
    [InlineData("http://localhost.:3000", false)]
    [InlineData("http://evil.localhost:3000", false)]
    [InlineData("http://localhost@evil.com", false)]
    [InlineData("http://192.168.1.5:3000", false)]
    [InlineData("http://0.0.0.0:3000", false)]
    [InlineData("http://[::]:3000", false)]
    [InlineData("http://[::1].evil.com", false)]
    [InlineData("capacitor://localhost", false)]
    [InlineData("null", false)]
    public void On_loopback_in_open_mode_pages_of_any_local_port_are_let_in(string origin, bool allowed)
    {
        Assert.Equal(allowed, Rule(OnLoopback, AuthMode.Open).Allows(Request("localhost:8080", ("Origin", origin))));
        Assert.False(Rule(OnLoopback, AuthMode.Required).Allows(Request("localhost:8080", ("Origin", origin))));
        Assert.False(Rule(OnTheNetwork, AuthMode.Open).Allows(Request("localhost:8080", ("Origin", origin))));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("none", true)]
    [InlineData("same-origin", true)]
    [InlineData("same-site", false)]
    [InlineData("cross-site", false)]
    [InlineData("", false)]
    [InlineData("same-origin, cross-site", false)]
    [InlineData("something-new", false)]
    public void Without_an_origin_the_browser_must_not_say_that_another_site_asks(string? site, bool allowed)
    {
        foreach (var mode in Enum.GetValues<AuthMode>())
        {
            Assert.Equal(allowed, Rule(OnLoopback, mode, Listed).Allows(site is null ? Request("localhost:8080") : Request("localhost:8080", ("Sec-Fetch-Site", site))));
        }
    }

    [Fact]
    public void A_listed_origin_may_be_of_another_site_and_an_unlisted_one_may_not_claim_to_be_of_ours()
    {
        var rule = Rule(OnTheNetwork, AuthMode.Required, Listed);
        Assert.True(rule.Allows(Request("chat.example.com", ("Origin", "https://friend.example"), ("Sec-Fetch-Site", "cross-site"))));
        Assert.False(rule.Allows(Request("chat.example.com", ("Origin", "https://evil.example"), ("Sec-Fetch-Site", "same-origin"))));
    }

    [Theory]
    [InlineData("https://evil.example", nameof(OriginGrant.AsAny))]
    [InlineData("null", nameof(OriginGrant.AsAny))]
    [InlineData("https://friend.example", nameof(OriginGrant.Full))]
    public void A_star_lets_in_all_but_only_listed_ones_with_credentials(string origin, string grant)
    {
        var rule = Rule(OnTheNetwork, AuthMode.Open, "*", "https://friend.example");
        Assert.True(rule.Allows(Request("chat.example.com", ("Origin", origin))));
        Assert.Equal(grant, rule.GrantTo(Request("chat.example.com", ("Origin", origin))).ToString());
        Assert.True(rule.Allows(Request("chat.example.com", ("Sec-Fetch-Site", "cross-site"))));
        Assert.Equal(OriginGrant.None, rule.GrantTo(Request("chat.example.com")));
    }

    [Fact]
    public void Null_can_be_listed_and_gets_no_credentials()
    {
        var rule = Rule(OnLoopback, AuthMode.Open, "null");
        Assert.True(rule.Allows(Request("localhost:8080", ("Origin", "null"))));
        Assert.Equal(OriginGrant.WithoutCredentials, rule.GrantTo(Request("localhost:8080", ("Origin", "null"))));
        Assert.False(rule.Allows(Request("localhost:8080", ("Origin", "https://evil.example"))));
    }

    [Fact]
    public void Two_origins_are_none()
    {
        var context = Request("localhost:8080");
        context.Request.Headers.Origin = new(["https://friend.example", "https://friend.example"]);
        Assert.False(Rule(OnLoopback, AuthMode.Open, Listed).Allows(context));
    }

    [Theory]
    [InlineData("https://chat.example.com:443", "https://chat.example.com")]
    [InlineData("HTTP://Chat.Example.com:8080/", "http://chat.example.com:8080")]
    [InlineData("http://[::1]:3000", "http://[::1]:3000")]
    [InlineData("http://[::1]", "http://[::1]")]
    [InlineData("https://bücher.example", "https://xn--bcher-kva.example")]
    [InlineData("tauri://localhost", "tauri://localhost")]
    [InlineData("vscode-webview://1ab/", "vscode-webview://1ab")]
    [InlineData("app://.", "app://.")]
    [InlineData("file://", "file://")]
    [InlineData("null", "null")]
    public void An_origin_is_written_as_browsers_do(string text, string written)
    {
        Assert.True(Origin.TryParse(text, out var origin));
        Assert.Equal(written, origin.ToString());
    }

    private static OriginRule Rule(string listener, AuthMode mode, params string[] allowed)
    {
        var options = new AuthOptions { Mode = mode };
        foreach (var origin in allowed)
        {
            options.Origins.Add(origin);
        }

        return new OriginRule(Options.Create(options), ListenerFake.On(listener));
    }

    private static DefaultHttpContext Request(string host, params (string Name, string Value)[] headers)
    {
        var context = ListenerFake.Request(host: host);
        foreach (var (name, value) in headers)
        {
            context.Request.Headers[name] = value;
        }

        return context;
    }
}
