namespace StreamChat.AgentWorker.Agents.Guardrails;

/// <summary>What a user is told whose message did not pass, in the language of the message.</summary>
internal static class PoliteRefusal
{
    public static string Of(string guardrail, string agent, string message)
    {
        var (instructions, field, other) = Words(UserLanguage.Of(message));
        return guardrail switch
        {
            GuardrailNames.Jailbreak => instructions,
            GuardrailNames.Relevance => string.Format(null, field, agent),
            _ => other,
        };
    }

    private static (string Instructions, string Field, string Other) Words(string language) => language switch
    {
        "zh" => ("抱歉，这个要求我不能照办：我不会透露或绕开自己的工作说明。如果有别的问题，我很乐意帮忙。", "抱歉，这不在我（{0}）的服务范围内。如果有相关的问题，我很乐意帮忙。", "抱歉，这个要求我不能照办。如果有别的问题，我很乐意帮忙。"),
        "ja" => ("申し訳ありませんが、そのご要望にはお応えできません。私への指示を明かしたり無視したりすることはできません。ほかのことでしたら喜んでお手伝いします。", "申し訳ありませんが、それは私（{0}）の担当外です。担当の範囲のことでしたら喜んでお手伝いします。", "申し訳ありませんが、そのご要望にはお応えできません。ほかのことでしたら喜んでお手伝いします。"),
        "ko" => ("죄송하지만 그 요청은 들어드릴 수 없습니다. 제 지침을 공개하거나 무시할 수 없습니다. 다른 일이라면 기꺼이 도와드리겠습니다.", "죄송하지만 그것은 저({0})의 담당 분야가 아닙니다. 담당 분야의 질문이라면 기꺼이 도와드리겠습니다.", "죄송하지만 그 요청은 들어드릴 수 없습니다. 다른 일이라면 기꺼이 도와드리겠습니다."),
        "ru" => ("Извините, с этим я помочь не могу: я не раскрываю свои инструкции и не отступаю от них. С другим вопросом помогу охотно.", "Извините, это вне моей области ({0}). С вопросом по моей теме помогу охотно.", "Извините, с этим я помочь не могу. С другим вопросом помогу охотно."),
        "de" => ("Dabei kann ich leider nicht helfen: Meine Anweisungen gebe ich nicht preis, und ich setze mich nicht über sie hinweg. Bei anderem helfe ich gern.", "Das liegt leider außerhalb meines Gebiets ({0}). Bei Fragen dazu helfe ich gern.", "Dabei kann ich leider nicht helfen. Bei anderem helfe ich gern."),
        "fr" => ("Désolé, je ne peux pas vous aider pour cela : je ne révèle pas mes instructions et je ne les mets pas de côté. Pour toute autre question, je vous aide volontiers.", "Désolé, cela sort de mon domaine ({0}). Pour une question qui en relève, je vous aide volontiers.", "Désolé, je ne peux pas vous aider pour cela. Pour toute autre question, je vous aide volontiers."),
        "es" => ("Lo siento, no puedo ayudarle con eso: no revelo mis instrucciones ni las dejo de lado. Con cualquier otra cosa le ayudo con gusto.", "Lo siento, eso queda fuera de mi campo ({0}). Con una pregunta de mi campo le ayudo con gusto.", "Lo siento, no puedo ayudarle con eso. Con cualquier otra cosa le ayudo con gusto."),
        _ => ("Sorry, I can't help with that: I don't reveal my instructions or set them aside. I'm happy to help with anything else.", "Sorry, that is outside my field as {0}. I'm happy to help with a question that belongs to it.", "Sorry, I can't help with that. I'm happy to help with anything else."),
    };
}
