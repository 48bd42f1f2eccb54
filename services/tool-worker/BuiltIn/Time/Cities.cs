namespace StreamChat.ToolWorker.BuiltIn.Time;

/// <summary>Cities and countries that people name and that are not the last part of an IANA id, and the Chinese names of the best known.</summary>
internal static class Cities
{
    private static readonly Dictionary<string, string[]> ByZone = new(StringComparer.Ordinal)
    {
        ["Asia/Shanghai"] = ["beijing", "peking", "china", "shenzhen", "guangzhou", "hangzhou", "chengdu", "nanjing", "wuhan", "北京", "上海", "深圳", "广州", "杭州", "成都", "中国"],
        ["Asia/Hong_Kong"] = ["香港"],
        ["Asia/Macau"] = ["macao", "澳门"],
        ["Asia/Taipei"] = ["taiwan", "台北"],
        ["Asia/Tokyo"] = ["japan", "osaka", "kyoto", "东京", "東京", "大阪", "日本"],
        ["Asia/Seoul"] = ["korea", "south korea", "busan", "首尔", "韩国"],
        ["Asia/Singapore"] = ["新加坡"],
        ["Asia/Bangkok"] = ["thailand", "曼谷"],
        ["Asia/Kolkata"] = ["india", "mumbai", "bombay", "delhi", "new delhi", "bangalore", "bengaluru", "chennai", "calcutta", "新德里", "孟买", "印度"],
        ["Asia/Dubai"] = ["abu dhabi", "迪拜"],
        ["Asia/Ho_Chi_Minh"] = ["saigon", "hanoi", "vietnam"],
        ["Asia/Karachi"] = ["islamabad", "lahore"],
        ["Europe/London"] = ["uk", "england", "united kingdom", "edinburgh", "manchester", "伦敦", "英国"],
        ["Europe/Paris"] = ["france", "lyon", "marseille", "巴黎", "法国"],
        ["Europe/Berlin"] = ["germany", "munich", "münchen", "hamburg", "frankfurt", "cologne", "柏林", "德国"],
        ["Europe/Madrid"] = ["spain", "barcelona", "马德里"],
        ["Europe/Rome"] = ["italy", "milan", "罗马"],
        ["Europe/Zurich"] = ["switzerland", "geneva", "bern"],
        ["Europe/Moscow"] = ["st petersburg", "saint petersburg", "莫斯科"],
        ["Europe/Kyiv"] = ["kiev"],
        ["Europe/Istanbul"] = ["ankara", "turkey"],
        ["America/New_York"] = ["nyc", "new york city", "washington", "washington dc", "boston", "miami", "atlanta", "philadelphia", "纽约", "華盛頓", "华盛顿"],
        ["America/Chicago"] = ["houston", "dallas", "austin", "san antonio", "芝加哥"],
        ["America/Denver"] = ["salt lake city"],
        ["America/Los_Angeles"] = ["la", "san francisco", "seattle", "san diego", "las vegas", "portland", "silicon valley", "洛杉矶", "旧金山", "西雅图"],
        ["America/Toronto"] = ["ottawa", "montreal", "多伦多"],
        ["America/Vancouver"] = ["温哥华"],
        ["America/Sao_Paulo"] = ["são paulo", "rio", "rio de janeiro", "brasilia", "brasília"],
        ["America/Argentina/Buenos_Aires"] = ["buenos aires"],
        ["Africa/Johannesburg"] = ["cape town", "pretoria"],
        ["Australia/Sydney"] = ["canberra", "悉尼"],
        ["Australia/Melbourne"] = ["墨尔本"],
        ["Pacific/Auckland"] = ["wellington", "new zealand", "奥克兰"],
        ["Pacific/Honolulu"] = ["hawaii"],
    };

    /// <summary>IANA ids by name in lower case.</summary>
    public static IReadOnlyDictionary<string, string> ByName { get; } = ByZone
        .SelectMany(zone => zone.Value.Select(name => (name, zone.Key)))
        .ToDictionary(pair => pair.name, pair => pair.Key, StringComparer.Ordinal);
}
