using Microsoft.Extensions.Logging;

namespace StreamChat.Hosting.Logging;

/// <summary>
/// Lines of a library that report something a client may do at any time, such as leaving. They are written only while their category is at
/// <see cref="LogLevel.Debug"/>.
/// </summary>
/// <param name="CategoryPrefix">What the names of the categories begin with.</param>
/// <param name="Matches">Whether the rule is for a line, by its named values and its exception.</param>
public sealed record QuietLogRule(string CategoryPrefix, Func<IReadOnlyList<KeyValuePair<string, object?>>, Exception?, bool> Matches);
