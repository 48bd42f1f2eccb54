namespace StreamChat.TestSupport.Servers;

/// <summary>
/// How tests get a server, in the order of preference: the one that the environment names, the one that the machine has installed, one in a
/// container where Docker runs.
/// </summary>
public static class ServerChoice
{
    private const string Socket = "/var/run/docker.sock";

    /// <summary>Whether Docker can be asked for containers, as far as can be told without asking.</summary>
    public static bool HasDocker => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DOCKER_HOST")) || File.Exists(Socket);

    /// <summary>Chooses.</summary>
    /// <typeparam name="T">The server.</typeparam>
    /// <param name="name">What it is called in the message when there is none.</param>
    /// <param name="variable">The variable that names one.</param>
    /// <param name="given">Its value, or null or empty.</param>
    /// <param name="ofGiven">Makes the one that is named.</param>
    /// <param name="installed">Makes the one that is installed; null when none is.</param>
    /// <param name="hasDocker">Whether containers can be had.</param>
    /// <param name="container">Makes one in a container.</param>
    /// <exception cref="InvalidOperationException">There is none; the message says what would help.</exception>
    public static T Of<T>(string name, string variable, string? given, Func<string, T> ofGiven, Func<T?> installed, bool hasDocker, Func<T> container)
        where T : class =>
        !string.IsNullOrEmpty(given) ? ofGiven(given)
        : installed() ?? (hasDocker
            ? container()
            : throw new InvalidOperationException($"There is no {name} for the tests. Set {variable}, install it, or start Docker."));
}
