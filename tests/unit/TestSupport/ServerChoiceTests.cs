using StreamChat.TestSupport.Servers;

namespace StreamChat.UnitTests.TestSupport;

/// <summary>How tests get their servers.</summary>
public sealed class ServerChoiceTests
{
    [Theory]
    [InlineData("amqp://host", true, true, "given amqp://host")]
    [InlineData("amqp://host", false, false, "given amqp://host")]
    [InlineData(null, true, true, "installed")]
    [InlineData("", true, false, "installed")]
    [InlineData(null, false, true, "container")]
    public void The_named_server_comes_first_then_the_installed_one_then_a_container(string? given, bool installed, bool docker, string expected) =>
        Assert.Equal(expected, Choose(given, installed, docker));

    [Fact]
    public void When_there_is_none_the_message_says_what_would_help() =>
        Assert.Equal(
            "There is no RabbitMQ for the tests. Set RABBITMQ_URI, install it, or start Docker.",
            Assert.Throws<InvalidOperationException>(() => Choose(null, installed: false, docker: false)).Message);

    [Theory]
    [InlineData("rabbitmq", "-management")]
    [InlineData("postgres", "")]
    public void Containers_are_of_the_images_that_are_deployed(string repository, string flavour) =>
        Assert.Matches($@"^{repository}:\d+(\.\d+)+{flavour}$", ContainerImages.Of(repository));

    [Fact]
    public void An_image_that_is_not_deployed_is_an_error() => Assert.Throws<InvalidOperationException>(() => ContainerImages.Of("mysql"));

    private static string Choose(string? given, bool installed, bool docker) =>
        ServerChoice.Of("RabbitMQ", "RABBITMQ_URI", given, uri => $"given {uri}", () => installed ? "installed" : null, docker, () => "container");
}
