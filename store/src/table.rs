//! Declares a table's columns once: the struct, the definition, binding and loading.
//!
//! It knows no table itself.

/// Makes a struct with one field a column, its list of columns, and its way in and out of SQLite.
macro_rules! table {
    ($(#[$doc:meta])* $row:ident $($name:ident: $type:ty = $sql:literal,)*) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub(crate) struct $row { $(pub(crate) $name: $type,)* }

        impl $row {
            /// The columns and their definitions, in the order of the table.
            pub(crate) const COLUMNS: &[(&str, &str)] = &[$((stringify!($name), $sql),)*];

            /// Binds every column in order.
            pub(crate) fn bind(
                &self,
                statement: &mut rusqlite::Statement<'_>,
            ) -> rusqlite::Result<()> {
                let mut position = 0_usize;
                $(position += 1; statement.raw_bind_parameter(position, &self.$name)?;)*
                debug_assert_eq!(position, Self::COLUMNS.len());
                Ok(())
            }

            /// Reads a row selected by `SELECT *`.
            pub(crate) fn load(row: &rusqlite::Row<'_>) -> rusqlite::Result<Self> {
                let mut position = 0_usize;
                let mut next = || { position += 1; position - 1 };
                Ok(Self { $($name: row.get(next())?,)* })
            }
        }
    };
}

pub(crate) use table;

/// `CREATE TABLE`, for columns as a table declares them.
pub(crate) fn definition(name: &str, columns: &[(&str, &str)]) -> String {
    let columns: Vec<String> = columns.iter().map(|(name, sql)| format!("{name} {sql}")).collect();
    format!("CREATE TABLE {name} ({});", columns.join(", "))
}

/// `INSERT`, with one parameter a column.
pub(crate) fn insert(name: &str, columns: &[(&str, &str)]) -> String {
    let marks = vec!["?"; columns.len()].join(", ");
    format!("INSERT INTO {name} VALUES ({marks})")
}

/// `UPDATE` of the row with the id that is the first parameter, less the columns `kept`.
pub(crate) fn update(name: &str, columns: &[(&str, &str)], kept: &[&str]) -> String {
    let set: Vec<String> = (1..)
        .zip(columns)
        .filter(|(_, (column, _))| !kept.contains(column))
        .map(|(position, (column, _))| format!("{column} = ?{position}"))
        .collect();
    format!("UPDATE {name} SET {} WHERE id = ?1", set.join(", "))
}
