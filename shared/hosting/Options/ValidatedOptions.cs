using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace StreamChat.Hosting.Options;

/// <summary>Options that are checked when the process starts, with messages that name the configuration key.</summary>
public static class ValidatedOptions
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
        return services.AddOptions<T>().BindConfiguration(section).ValidateOnStart();
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
        var options = configuration.GetSection(section).Get<T>() ?? new T();
        var result = new SectionValidator<T>(section).Validate(null, options);
        return result.Failed ? throw new OptionsValidationException(section, typeof(T), result.Failures) : options;
    }

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
