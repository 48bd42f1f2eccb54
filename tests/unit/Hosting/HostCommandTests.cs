using StreamChat.Gateway.Auth;
using StreamChat.Hosting;

namespace StreamChat.UnitTests.Hosting;

public sealed class HostCommandTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    [Theory]
    [InlineData]
    [InlineData("--Bus:Transport=InMemory", "--urls", "http://localhost:1", "/Store:Provider", "Sqlite", "Worker:Runs=1")]
    public void Configuration_is_no_command(params string[] args) => Assert.Null(Run(args));

    [Fact]
    public void A_command_is_run_instead_of_serving()
    {
        Assert.Equal(0, Run("hash-key"));
        Assert.StartsWith("key   sck_", _output.ToString(), StringComparison.Ordinal);
        Assert.Empty(_errors.ToString());
    }

    [Theory]
    [InlineData("hash-keys")]
    [InlineData("hash-key", "more")]
    [InlineData("--Bus:Transport=InMemory", "serve")]
    [InlineData("help")]
    [InlineData("")]
    public void A_word_that_is_no_command_is_refused_with_the_usage(params string[] args)
    {
        Assert.Equal(64, Run(args));
        Assert.Contains("Usage:", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("  hash-key ", _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public void A_word_that_may_be_a_secret_is_not_repeated()
    {
        Assert.Equal(64, Run("--Bus:Transport=RabbitMq", "amqp://user:canary@host"));
        Assert.DoesNotContain("canary", _errors.ToString(), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    private int? Run(params string[] args) => HostCommand.TryRun(args, [ApiKeyCommand.Command], _output, _errors);
}
