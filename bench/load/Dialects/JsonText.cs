using System.Text.Json;

namespace StreamChat.Load.Dialects;

/// <summary>Reads strings where they lie: nothing is copied unless it is escaped.</summary>
internal static class JsonText
{
    extension(scoped ref Utf8JsonReader reader)
    {
        /// <summary>Moves to the value of the property that the reader stands on.</summary>
        /// <returns>The text; empty when the value is something else, which is skipped.</returns>
        public ReadOnlySpan<byte> ReadText()
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
                return default;
            }

            if (!reader.ValueIsEscaped)
            {
                return reader.ValueSpan;
            }

            var unescaped = new byte[reader.ValueSpan.Length];
            return unescaped.AsSpan(0, reader.CopyString(unescaped));
        }

        /// <summary>Moves into the value of the property that the reader stands on.</summary>
        /// <returns>Whether it is an object; anything else is skipped.</returns>
        public bool ReadIntoObject()
        {
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                return true;
            }

            reader.Skip();
            return false;
        }

        /// <summary>Moves to the next property of the object that the reader is in; past its end when there is none.</summary>
        public bool ReadProperty() => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;
    }
}
