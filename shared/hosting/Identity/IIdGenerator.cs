using System.Security.Cryptography;

namespace StreamChat.Hosting.Identity;

/// <summary>Where new ids come from. Injected, so that a test can foresee them.</summary>
public interface IIdGenerator
{
    /// <summary>A UUID v7: rising with time, unique over all processes.</summary>
    /// <returns>The id.</returns>
    Guid NewUuid();

    /// <summary>A short random id for a process instance: 12 lower-case hex digits.</summary>
    /// <returns>The id.</returns>
    string NewInstanceId();

    /// <summary>A random number to spread things by.</summary>
    /// <param name="below">The bound, exclusive; at least 1.</param>
    /// <returns>0 up to <paramref name="below"/>.</returns>
    int NewSpread(int below);
}

/// <summary>Ids from the system's cryptographic randomness and the injected clock.</summary>
/// <param name="time">The clock whose time goes into UUIDs.</param>
public sealed class SystemIdGenerator(TimeProvider time) : IIdGenerator
{
    /// <inheritdoc/>
    public Guid NewUuid() => Guid.CreateVersion7(time.GetUtcNow());

    /// <inheritdoc/>
    public string NewInstanceId() => RandomNumberGenerator.GetHexString(12, lowercase: true);

    /// <inheritdoc/>
    public int NewSpread(int below) => RandomNumberGenerator.GetInt32(below);
}
