using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace StreamChat.Hosting.Options;

/// <summary>Options that are checked when the process starts, with messages that name the configuration key and never quote its value.</summary>
public static partial class ValidatedOptions
{
    /// <summary>
    /// Binds <typeparamref name="T"/> to a section and validates its data annotations (and <see cref="IValidatableObject"/>) at start.
    /// A wrong value stops the process with an <see cref="OptionsValidationException"/> that lists every wrong key at once.
    /// </summary>
    /// <typeparam name="T">The options class.</typeparam>
    /// <param name="services">Where to register.</param>
    /// <param name="section">The section's name, for example <c>Limits</c>.</param>
    /// <returns>The builder, for further configuration.</returns>
    public static OptionsBuilder<T> AddValidatedOptions<T>(this IServiceCollection services, string section)
        where T : class
    {
        services.AddSingleton<IValidateOptions<T>>(new SectionValidator<T>(section));
        services.AddSingleton<IOptionsChangeTokenSource<T>>(provider =>
            new ConfigurationChangeTokenSource<T>(provider.GetRequiredService<IConfiguration>().GetSection(section)));
        return services.AddOptions<T>()
            .Configure<IConfiguration>((options, configuration) => Bind(section, typeof(T), () =>
            {
                configuration.GetSection(section).Bind(options);
                return options;
            }))
            .ValidateOnStart();
    }

    /// <summary>Binds and validates options that are needed before the container exists.</summary>
    /// <typeparam name="T">The options class.</typeparam>
    /// <param name="configuration">The configuration to read.</param>
    /// <param name="section">The section's name.</param>
    /// <returns>The options.</returns>
    /// <exception cref="OptionsValidationException">A value is wrong; the message names its key.</exception>
    public static T GetValidatedOptions<T>(this IConfiguration configuration, string section)
        where T : class, new()
    {
        var options = Bind(section, typeof(T), () => configuration.GetSection(section).Get<T>()) ?? new T();
        var result = new SectionValidator<T>(section).Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(section, typeof(T), result.Failures) : options;
    }

    /// <summary>
    /// Describes a value that the configuration binder could not convert, by its key and the type wanted. The binder's own message
    /// quotes the value, which may hold a password.
    /// </summary>
    /// <param name="exception">What the binder threw.</param>
    /// <returns>One line without the value; null when the exception is not about a value.</returns>
    internal static string? DescribeBindingFailure(InvalidOperationException exception) =>
        BindingFailure.Match(exception.Message) is { Success: true } match
            ? $"{match.Groups["key"].Value}: cannot be converted to {match.Groups["type"].Value}"
            : null;

    /// <summary>Reports a value that cannot be converted like one that fails validation. Drops the inner exception, which quotes the value too.</summary>
    private static T Bind<T>(string section, Type options, Func<T> bind)
    {
        try
        {
            return bind();
        }
        catch (InvalidOperationException e) when (DescribeBindingFailure(e) is { } failure)
        {
            throw new OptionsValidationException(section, options, [failure]);
        }
    }

    // matched from the right, because the value that precedes the key may itself contain such words
    [GeneratedRegex(@"^Failed to convert configuration value .*at '(?<key>[^']+)' to type '(?<type>[^']+)'\.?$", RegexOptions.Singleline | RegexOptions.RightToLeft)]
    private static partial Regex BindingFailure { get; }

    private sealed class SectionValidator<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            List<ValidationResult> results = [];
            Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
            var failures = results
                .Where(r => r != ValidationResult.Success)
                .Select(r => $"{string.Join(", ", r.MemberNames.Select(m => $"{section}:{m}"))}: {r.ErrorMessage}")
                .ToList();
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
