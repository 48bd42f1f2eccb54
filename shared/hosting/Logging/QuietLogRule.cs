using Microsoft.Extensions.Logging;

namespace StreamChat.Hosting.Logging;

/// <summary>
/// Lines of a library that report something a client may do at any time, such as leaving. They are written at
/// <see cref="LogLevel.Debug"/> instead of their own level.
/// </summary>
/// <param name="CategoryPrefix">What the names of the categories begin with.</param>
/// <param name="Matches">Whether a line is meant, by its named values and its exception.</param>
public sealed record QuietLogRule(string CategoryPrefix, Func<IReadOnlyList<KeyValuePair<string, object?>>, Exception?, bool> Matches);
