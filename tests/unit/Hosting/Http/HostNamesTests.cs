using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using StreamChat.Hosting.Http;

namespace StreamChat.UnitTests.Hosting.Http;

public sealed class HostNamesTests
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("localhost:9100", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("app.localhost:3000", true)]
    [InlineData("127.0.0.1:8080", true)]
    [InlineData("127.8.9.10", true)]
    [InlineData("[::1]:8080", true)]
    [InlineData("[::1]", true)]
    [InlineData("[::ffff:127.0.0.1]", true)]
    [InlineData("evil.com:9100", false)]
    [InlineData("localhost.evil.com", false)]
    [InlineData("127.0.0.1.evil.com", false)]
    [InlineData("127.0.0.1.nip.io:8080", false)]
    [InlineData("evil-localhost", false)]
    [InlineData("localhost.", false)]
    [InlineData("localhost.localdomain", false)]
    [InlineData("0.0.0.0:8080", false)]
    [InlineData("[::]:8080", false)]
    [InlineData("192.168.1.5:8080", false)]
    [InlineData("[::2]", false)]
    [InlineData("xn--lcalhost-54a", false)]
    [InlineData("", false)]
    public void Without_the_setting_a_loopback_listener_answers_names_of_loopback_only(string host, bool allowed)
    {
        Assert.Equal(allowed, Read(null).Allows(new HostString(host), loopbackOnly: true));
        Assert.True(Read(null).Allows(new HostString(host), loopbackOnly: false));
    }

    [Theory]
    [InlineData("chat.example.com", true)]
    [InlineData("CHAT.example.com:8443", true)]
    [InlineData("a.b.example.org", true)]
    [InlineData("example.org", false)]
    [InlineData("evilexample.org", false)]
    [InlineData("chat.example.com.evil.com", false)]
    [InlineData("xn--bcher-kva.example", true)]
    [InlineData("localhost:8080", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3:8080", true)]
    [InlineData("10.1.2.4", false)]
    [InlineData("evil.com", false)]
    public void With_the_setting_every_listener_answers_what_it_lists_and_names_of_loopback(string host, bool allowed)
    {
        var names = Read(" chat.example.com; *.example.org;bücher.example;;10.1.2.3");
        Assert.Equal(allowed, names.Allows(new HostString(host), loopbackOnly: true));
        Assert.Equal(allowed, names.Allows(new HostString(host), loopbackOnly: false));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("localhost;*")]
    public void A_star_answers_any_name(string setting) => Assert.True(Read(setting).Allows(new HostString("evil.com"), loopbackOnly: true));

    [Theory]
    [InlineData("https://chat.example.com")]
    [InlineData("chat.example.com:8443")]
    [InlineData("chat.example.com/")]
    [InlineData("localhost;a b")]
    public void What_is_no_name_is_a_configuration_error(string setting) =>
        Assert.StartsWith("AllowedHosts: entry ", Assert.Throws<OptionsValidationException>(() => Read(setting)).Failures.Single(), StringComparison.Ordinal);

    private static HostNames Read(string? setting) =>
        HostNames.Read(new ConfigurationBuilder().AddInMemoryCollection([new("AllowedHosts", setting)]).Build());
}
